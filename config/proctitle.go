package config

import (
	"strconv"
	"strings"
)

// checkProcTitle expands a template with an empty title. It must not come out as nothing.
func checkProcTitle(template string, v *Values) error {
	_, err := expandTitle(template, func(name string) (string, bool) {
		switch name {
		case "title", "server-mode":
			return "", true
		case "unixsocket":
			return v.UnixSocket, true
		case "listen-addr", "port", "tls-port", "config-file":
			return "x", true // something that is never empty
		}
		return "", false
	})
	return err
}

// ProcTitle is proc-title-template for a program started as title with a configuration file ("": none).
func (v *Values) ProcTitle(title, file string) string {
	s, _ := expandTitle(v.ProcTitleTemplate, func(name string) (string, bool) {
		switch name {
		case "title":
			return title, true
		case "listen-addr":
			return v.listenAddr(), true
		case "server-mode":
			return "", true
		case "config-file":
			if file == "" {
				return "-", true
			}
			return file, true
		case "port":
			return strconv.Itoa(v.Port), true
		case "tls-port":
			return strconv.Itoa(v.TLSPort), true
		case "unixsocket":
			return v.UnixSocket, true
		}
		return "", false
	})
	return s
}

func (v *Values) listenAddr() string {
	port := v.Port
	if port == 0 {
		port = v.TLSPort
	}
	switch {
	case port == 0:
		return "unixsocket:" + v.UnixSocket
	case len(v.Bind) == 0:
		return "*:" + strconv.Itoa(port)
	}
	return v.Bind[0] + ":" + strconv.Itoa(port)
}

// expandTitle puts values in the places of variables: {name} stands for one, {{ for a brace.
func expandTitle(template string, value func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		literal, rest, found := strings.Cut(template, "{")
		out.WriteString(literal)
		if !found {
			break
		}
		if strings.HasPrefix(rest, "{") {
			out.WriteByte('{')
			template = rest[1:]
			continue
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", errProcTitle
		}
		text, known := value(name)
		if !known {
			return "", errProcTitle
		}
		out.WriteString(text)
		template = after
	}
	title := strings.Trim(out.String(), " ")
	if title == "" {
		return "", errProcTitle
	}
	return title, nil
}

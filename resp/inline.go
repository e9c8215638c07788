package resp

// inline reads a request of one line, whose words are separated by blanks and may be quoted.
func (p *Parser) inline(buf []byte) ([][]byte, int, error) {
	end := p.line(buf, 0, '\n')
	if end < 0 {
		if len(buf) > maxLine {
			return nil, 0, p.fail(errInlineSize)
		}
		return nil, 0, nil
	}
	p.forget()
	line := buf[:end]
	if end > 0 && line[end-1] == '\r' {
		line = line[:end-1]
	}
	args, ok := p.split(line)
	if !ok {
		return nil, 0, p.fail(errQuotes)
	}
	return args, end + 1, nil
}

// split cuts a line into words as Redis's sdssplitargs does. A word, or a part of it, may stand in double quotes, with the
// escapes \n \r \t \b \a, \xHH and \ before any other character, or in single quotes, where \' is the only escape. ok is false
// if a quote is not closed, or is closed and not followed by a blank. No words: nil.
func (p *Parser) split(line []byte) (args [][]byte, ok bool) {
	args = p.args[:0]
	p.scratch = p.scratch[:0]
	for i := 0; ; {
		for i < len(line) && isBlank(line[i]) {
			i++
		}
		if i == len(line) {
			break
		}
		word, next := plainWord(line, i)
		if next < 0 {
			word, next = p.quotedWord(line, i)
		}
		if next < 0 {
			return nil, false
		}
		args = append(args, word)
		i = next
	}
	p.args = args
	if len(args) == 0 {
		return nil, true
	}
	return args, true
}

// plainWord returns the word at offset i as a view, and the offset behind it: -1 if the word holds a quote.
func plainWord(line []byte, i int) (word []byte, next int) {
	for k := i; k < len(line); k++ {
		switch line[k] {
		case ' ', '\n', '\r', '\t':
			return line[i:k:k], k
		case '"', '\'':
			return nil, -1
		}
	}
	return line[i:len(line):len(line)], len(line)
}

// quotedWord unquotes the word at offset i into the scratch buffer. next is the offset behind the word, or -1 if its quotes
// are not balanced.
func (p *Parser) quotedWord(line []byte, i int) (word []byte, next int) {
	if cap(p.scratch)-len(p.scratch) < len(line)-i {
		// Room for the rest of the line, so that no word of it is moved.
		p.scratch = make([]byte, 0, len(line)-i)
	}
	start := len(p.scratch)
	out := p.scratch
	for ; i < len(line); i++ {
		c := line[i]
		if c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			break
		}
		if c != '"' && c != '\'' {
			out = append(out, c)
			continue
		}
		if c == '"' {
			out, i = doubleQuoted(out, line, i+1)
		} else {
			out, i = singleQuoted(out, line, i+1)
		}
		if i < 0 || i < len(line) && !isBlank(line[i]) {
			return nil, -1
		}
		break
	}
	p.scratch = out
	return out[start:len(out):len(out)], i
}

// doubleQuoted appends what stands from offset i up to the closing double quote. next is the offset behind that, -1 if there
// is none.
func doubleQuoted(out, line []byte, i int) (_ []byte, next int) {
	for ; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"':
			return out, i + 1
		case c != '\\' || i+1 == len(line):
			out = append(out, c)
		case line[i+1] == 'x' && i+3 < len(line) && hexDigit(line[i+2]) < 16 && hexDigit(line[i+3]) < 16:
			out = append(out, hexDigit(line[i+2])<<4|hexDigit(line[i+3]))
			i += 3
		default:
			i++
			out = append(out, unescape(line[i]))
		}
	}
	return out, -1
}

// singleQuoted is doubleQuoted for single quotes.
func singleQuoted(out, line []byte, i int) (_ []byte, next int) {
	for ; i < len(line); i++ {
		c := line[i]
		if c == '\'' {
			return out, i + 1
		}
		if c == '\\' && i+1 < len(line) && line[i+1] == '\'' {
			i++
			c = '\''
		}
		out = append(out, c)
	}
	return out, -1
}

// unescape returns what a backslash and c stand for.
func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	}
	return c
}

// hexDigit returns the value of a hexadecimal digit, 16 for other bytes.
func hexDigit(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case c|0x20-'a' < 6:
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// isBlank is isspace of the C locale.
func isBlank(c byte) bool { return c == ' ' || c-'\t' < 5 }

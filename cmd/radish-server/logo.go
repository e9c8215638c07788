package main

import "fmt"

// logo is the picture that greets on a terminal. Tools look for "PID: " in it.
func logo(version string, port, pid int, arch string) string {
	return fmt.Sprintf(`
          \ | /
       '-. \|/ .-'          Radish %s (%s)
      .---'  '---.
     /  .-""""-.  \         Running in standalone mode
    |  /  .--.  \  |        Port: %d
    |  \  '--'  /  |        PID: %d
     \  '-.__.-'  /
      '-.      .-'          Redis protocol, Redis files
         '-..-'
           ||

`, version, arch, port, pid)
}

//go:build unix

package fsys

import (
	"errors"
	"os"
	"syscall"
)

func (osFS) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		if errors.Is(err, syscall.EISDIR) {
			return nil
		}
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EBADF) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

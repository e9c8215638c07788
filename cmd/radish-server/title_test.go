package main

import (
	"testing"

	"radish/config"
	"radish/internal/proctitle"
)

func TestShowTitle(t *testing.T) {
	cfg := config.Default()
	if err := showTitle(cfg, &proctitle.Title{}); err != nil {
		t.Fatal(err)
	}
	if err := cfg.Set([][2]string{{"proc-title-template", "new {title}"}}, config.SetOptions{Local: true}); err != nil {
		t.Fatal(err)
	}
}

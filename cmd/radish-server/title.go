package main

import (
	"os"

	"radish/config"
	"radish/internal/proctitle"
)

// showTitle has the list of processes show proc-title-template, now and whenever it changes.
func showTitle(cfg *config.Config, title *proctitle.Title) error {
	if !cfg.Load().SetProcTitle {
		return nil
	}
	show := func(v *config.Values) { title.Set(v.ProcTitle(os.Args[0], cfg.File())) }
	show(cfg.Load())
	return cfg.OnChangeOf([]string{"proc-title-template"}, func(_, v *config.Values) error {
		show(v)
		return nil
	})
}

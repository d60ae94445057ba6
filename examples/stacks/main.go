// Command stacks brings a goroutine, or all of them, into one of the situations that
// a backtrace must get right. The argument names it.
package main

import (
	"os"
	"sort"
)

var scenarios = map[string]func(){
	"panic":       panics,
	"nil":         nilDereference,
	"bounds":      outOfBounds,
	"throw":       throws,
	"recover":     recovers,
	"nilrecover":  nilRecovers,
	"signal":      signals,
	"systemstack": systemStack,
	"mcall":       mcalls,
	"grow":        grows,
	"preempt":     preempts,
	"makefunc":    makesFunc,
	"methodvalue": takesMethodValue,
	"reflectcall": reflectCalls,
	"wrappers":    wrappers,
	"inline":      inlines,
	"blocked":     blocks,
	"runnable":    runnables,
	"exit":        exits,
	"steps":       steps,
}

func main() {
	if len(os.Args) == 2 {
		if scenario, ok := scenarios[os.Args[1]]; ok {
			openTraceback()
			roomy(24)
			scenario()
			return
		}
	}
	println("usage: stacks SCENARIO")
	names := []string{}
	for name := range scenarios {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		println("   ", name)
	}
	os.Exit(2)
}

// roomy makes the stack large, so that nothing moves it later by chance.
//
//go:noinline
func roomy(n int) byte {
	var room [1024]byte
	room[n] = byte(n)
	if n > 0 {
		return roomy(n-1) + room[n]
	}
	return room[0]
}

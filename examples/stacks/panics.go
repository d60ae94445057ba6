package main

import (
	"os"
	"os/signal"
	"syscall"
)

type point struct{ x, y int }

var nowhere *point

// panic: the stop is the SIGABRT of GOTRACEBACK=crash.
func panics() { panicAt(3) }

//go:noinline
func panicAt(depth int) {
	defer func() { println("deferred", depth) }()
	if depth == 0 {
		panic("the end of panicAt")
	}
	panicAt(depth - 1)
}

// nil: a hardware fault becomes a call of runtime.sigpanic that the signal handler
// pretended. The frame below it is exact: its pc is the faulting instruction.
func nilDereference() { println(derefer(nowhere)) }

//go:noinline
func derefer(p *point) int { return leafDereference(p) + 1 }

// leafDereference has no frame of its own.
//
//go:noinline
func leafDereference(p *point) int { return p.y }

// bounds: the check of an index calls the runtime, which panics.
func outOfBounds() {
	defer func() { recover() }()
	println(element(make([]int, 3), 5))
}

//go:noinline
func element(s []int, i int) int { return s[i] }

// throw: a fatal error of the runtime, which no recover stops.
func throws() {
	m := map[int]int{}
	m[1] = 1
	done := make(chan bool)
	go func() { corrupt(done) }()
	<-done
}

//go:noinline
func corrupt(done chan bool) {
	unlockUnlocked()
	done <- true
}

// recover: in a deferred call while panicking, frames of gopanic lie between it and
// the function that panicked; after the recovery they are gone.
func recovers() {
	recovering(2)
	pause()
}

//go:noinline
func recovering(depth int) (result int) {
	defer func() {
		if depth == 0 {
			pauseOnce("panicking")
		}
		if v := recover(); v != nil {
			result = depth + 7
			if depth == 0 {
				pauseOnce("recovered")
			}
		}
	}()
	if depth == 0 {
		panic("from recovering")
	}
	return recovering(depth-1) + mustPanic(depth)
}

//go:noinline
func mustPanic(depth int) int {
	defer func() { recover() }()
	panic(depth)
}

var pauseAt = os.Getenv("LLDBGO_AT")

// pauseOnce pauses only where LLDBGO_AT asks for it.
//
//go:noinline
func pauseOnce(at string) {
	if pauseAt == at {
		pause()
	}
}

func nilRecovers() {
	recoverNil(5)
}

//go:noinline
func recoverNil(n int) (result int) {
	defer func() {
		pause()
		recover()
		result = n
	}()
	return derefer(nowhere)
}

// signal: raise sends a signal to this thread; the handler runs on the signal stack
// of the thread and puts the signal into a channel.
func signals() {
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGUSR1)
	settle(2)
	signalled(received)
	pause()
}

//go:noinline
func signalled(received chan os.Signal) {
	dump()
	markerSignal()
	raise(syscall.SIGUSR1)
	<-received
}

//go:noinline
func markerSignal() {}

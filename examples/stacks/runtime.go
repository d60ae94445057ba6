package main

import (
	"runtime"
	"sync"
	"syscall"
)

// unlockUnlocked makes the runtime throw: "sync: unlock of unlocked mutex".
//
//go:noinline
func unlockUnlocked() {
	var mu sync.Mutex
	mu.Unlock()
}

// systemstack: runtime.newproc1 runs on the thread's system stack; below it the walk
// must go on with the goroutine that called runtime.systemstack.
func systemStack() { startsGoroutine(4) }

//go:noinline
func startsGoroutine(n int) int {
	dump()
	markerSystemStack()
	go parked()
	return n + 1
}

//go:noinline
func markerSystemStack() {}

func parked() { select {} }

// mcall: runtime.Gosched saves the goroutine and runs gosched_m on the system stack.
func mcalls() { yields(5) }

//go:noinline
func yields(n int) int {
	dump()
	markerMcall()
	runtime.Gosched()
	return n + 1
}

//go:noinline
func markerMcall() {}

// grow: a goroutine starts with a small stack; every call of deep needs more than
// what is left, so the runtime copies the stack to one of twice the size.
func grows() {
	done := make(chan int)
	go grower(done)
	<-done
}

//go:noinline
func grower(done chan int) {
	dump()
	markerGrow()
	done <- deep(24, 1)
}

//go:noinline
func markerGrow() {}

//go:noinline
func deep(n, seed int) int {
	var room [3000]byte
	for i := range room {
		room[i] = byte(seed + i)
	}
	if n == 0 {
		pause()
		return int(room[seed])
	}
	return deep(n-1, seed+1) + int(room[n])
}

// preempt: spin is a leaf without a frame and without a call, so only a signal can
// take the processor from it. The signal handler makes it look as if the loop itself
// had called runtime.asyncPreempt.
func preempts() {
	runtime.GOMAXPROCS(1)
	go spinner()
	for {
		runtime.Gosched() // comes back when spin was preempted
		before := spins
		if before == 0 {
			continue
		}
		pauseIfQuiet(before)
	}
}

// pauseIfQuiet calls the marker only if spin did not run while the traceback was
// taken; otherwise the traceback would be of another moment.
//
//go:noinline
func pauseIfQuiet(before uint64) {
	dump()
	if spins == before {
		markerPause()
		if end == "quit" {
			raise(syscall.SIGQUIT)
		}
	}
}

var spins uint64

//go:noinline
func spinner() { spin(&spins) }

//go:noinline
func spin(count *uint64) {
	for {
		*count++
	}
}

// runnable: with one processor, a goroutine just made has not run yet: it has a pc and
// a stack with nothing but the return address into goexit.
func runnables() {
	runtime.GOMAXPROCS(1)
	for {
		started = false
		for i := 0; i < 3; i++ {
			go notStarted(i, "argument")
		}
		pauseUnlessStarted()
		runtime.Gosched()
	}
}

var started bool

//go:noinline
func pauseUnlessStarted() {
	dump()
	if !started {
		markerPause()
		if end == "quit" {
			raise(syscall.SIGQUIT)
		}
	}
}

//go:noinline
func notStarted(i int, s string) { started = true }

// exit: Goexit runs the deferred calls, and one of them pauses: the goroutine is on its way
// out, below it are runtime.Goexit and the functions that it leaves.
func exits() {
	go func() {
		defer pause()
		exiting(2)
	}()
	select {}
}

//go:noinline
func exiting(depth int) {
	if depth == 0 {
		runtime.Goexit()
	}
	exiting(depth - 1)
}

// steps: small functions to be walked through one instruction at a time.
func steps() {
	total := 0
	for i := 0; i < 2; i++ {
		total += stepper(i)
	}
	println(total)
}

//go:noinline
func stepper(n int) int {
	dump()
	markerStep()
	n += stepFramed(n, 2)
	n += stepLeaf(n)
	n += stepLarge(n)
	return n
}

//go:noinline
func markerStep() {}

// stepFramed has a prologue, a call and an epilogue.
//
//go:noinline
func stepFramed(a, b int) int {
	var room [6]int
	room[a&3] = b
	return stepLeaf(room[b&3]) + a
}

// stepLeaf has no frame.
//
//go:noinline
func stepLeaf(n int) int { return n*3 + 1 }

// stepLarge zeroes an array on its stack.
//
//go:noinline
func stepLarge(n int) int {
	var room [64]int
	room[n&63] = n
	return room[stepLeaf(n)&63]
}

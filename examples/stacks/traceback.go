package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"
)

// A debugger's backtrace is measured by the runtime's own. There are two ways to it,
// chosen by the environment:
//
//	LLDBGO_TRACEBACK=FILE  pause writes runtime.Stack of all goroutines to FILE and calls
//	                       markerPause. It has names, lines and pc offsets, of the frames
//	                       that users are shown.
//	LLDBGO_END=quit        pause sends itself SIGQUIT. With GOTRACEBACK=crash the runtime
//	                       prints every frame of every thread and goroutine with fp, sp and
//	                       pc, and then raises SIGABRT: a debugger stops there, or the
//	                       kernel writes a core file of the same moment.
//	LLDBGO_END=wait        pause sleeps after the marker, to be attached to.

var (
	tracebackFile = -1
	tracebackText [1 << 19]byte
	end           string
)

func openTraceback() {
	debug.SetGCPercent(-1) // no collection: no worker wakes up, no stack shrinks
	end = os.Getenv("LLDBGO_END")
	if name := os.Getenv("LLDBGO_TRACEBACK"); name != "" {
		file, err := syscall.Open(name, syscall.O_CREAT|syscall.O_TRUNC|syscall.O_WRONLY, 0o644)
		if err != nil {
			panic(err)
		}
		tracebackFile = file
	}
}

// dump makes raw system calls only: an ordinary one tells the scheduler, and another
// goroutine could run between the traceback and the marker.
//
//go:noinline
func dump() {
	if tracebackFile < 0 {
		return
	}
	n := runtime.Stack(tracebackText[:], true)
	if n == len(tracebackText) {
		panic("the traceback does not fit")
	}
	file := uintptr(tracebackFile)
	syscall.RawSyscall(syscall.SYS_FTRUNCATE, file, 0, 0)
	syscall.RawSyscall(syscall.SYS_LSEEK, file, 0, 0)
	syscall.RawSyscall(syscall.SYS_WRITE, file, uintptr(unsafe.Pointer(&tracebackText[0])), uintptr(n))
}

// pause is where most scenarios end up. From its caller on, the frames are the same
// in the traceback and at the marker.
//
//go:noinline
func pause() {
	dump()
	markerPause()
	switch end {
	case "quit":
		raise(syscall.SIGQUIT)
	case "wait":
		println("waiting")
		time.Sleep(time.Hour)
	}
}

//go:noinline
func markerPause() {}

// raise sends a signal to the calling thread.
//
//go:noinline
func raise(signal syscall.Signal) {
	pid, _, _ := syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	syscall.RawSyscall(syscall.SYS_TGKILL, pid, tid, uintptr(signal))
}

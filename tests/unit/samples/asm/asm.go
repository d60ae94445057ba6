// Package asm is apart because a package with cgo cannot have Go assembly.
package asm

// Add is in assembly (ABI0), so that Go 1.17 and later make a wrapper for it.
func Add(a, b int64) int64

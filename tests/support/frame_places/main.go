// frame_places PROGRAM: what the debug information of a Go program says of places in frames, read with Go's own
// debug/dwarf. A line per place of a variable, at whatever pc: function, variable, offset from the CFA, bytes, which of the
// variable's bytes is the first of them.
// A variable without any place in the frame has a line without offset.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
)

// part is where in the variable the bytes are.
type place struct{ offset, size, part int64 }

type reader struct {
	data    *dwarf.Data
	loc     []byte // .debug_loc or .debug_loclists
	version int
	out     *bufio.Writer
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: frame_places PROGRAM")
		os.Exit(2)
	}
	if err := list(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "frame_places:", err)
		os.Exit(1)
	}
}

func list(path string) error {
	file, err := elf.Open(path)
	if err != nil {
		return err
	}
	r := reader{version: 4, out: bufio.NewWriter(os.Stdout)}
	defer r.out.Flush()
	if r.data, err = file.DWARF(); err != nil {
		return err
	}
	r.loc = section(file, "loc")
	if lists := section(file, "loclists"); lists != nil {
		r.loc, r.version = lists, 5
	}
	return r.entries(r.data.Reader())
}

// section is the content of .debug_NAME, or of .zdebug_NAME, which Go's linker wrote until 1.18.
func section(file *elf.File, name string) []byte {
	for _, prefix := range []string{".debug_", ".zdebug_"} {
		if s := file.Section(prefix + name); s != nil {
			content, _ := s.Data()
			return content
		}
	}
	return nil
}

// entries walks all units. `function` is that of the file's code that the walk is in, however deep.
func (r *reader) entries(entries *dwarf.Reader) error {
	depth, function, functionDepth := 0, "", -1
	for {
		entry, err := entries.Next()
		if err != nil || entry == nil {
			return err
		}
		if entry.Tag == 0 {
			if depth--; depth <= functionDepth {
				function, functionDepth = "", -1
			}
			continue
		}
		switch entry.Tag {
		case dwarf.TagSubprogram:
			if entry.AttrField(dwarf.AttrLowpc) != nil {
				function, functionDepth = r.name(entry), depth
			}
		case dwarf.TagVariable, dwarf.TagFormalParameter:
			if function != "" {
				r.variable(function, entry)
			}
		}
		if entry.Children {
			depth++
		} else if depth == functionDepth {
			function, functionDepth = "", -1
		}
	}
}

// origin is the entry that an entry of an inlined function is a copy of, or the entry itself.
func (r *reader) origin(entry *dwarf.Entry) *dwarf.Entry {
	if at, ok := entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok {
		reader := r.data.Reader()
		reader.Seek(at)
		if found, err := reader.Next(); err == nil && found != nil {
			return found
		}
	}
	return entry
}

func (r *reader) name(entry *dwarf.Entry) string {
	name, _ := r.origin(entry).Val(dwarf.AttrName).(string)
	return name
}

func (r *reader) variable(function string, entry *dwarf.Entry) {
	var size int64
	if at, ok := r.origin(entry).Val(dwarf.AttrType).(dwarf.Offset); ok {
		if t, err := r.data.Type(at); err == nil {
			size = t.Size()
		}
	}
	var places []place
	switch location := entry.Val(dwarf.AttrLocation).(type) {
	case []byte:
		places = frame(location, size)
	case int64:
		places = r.listed(location, size)
	}
	name := r.name(entry)
	if len(places) == 0 {
		fmt.Fprintf(r.out, "%s\t%s\n", function, name)
	}
	for _, p := range places {
		fmt.Fprintf(r.out, "%s\t%s\t%d\t%d\t%d\n", function, name, p.offset, p.size, p.part)
	}
}

// listed are the places of all entries of a location list.
func (r *reader) listed(at, size int64) []place {
	var places []place
	b := buffer{rest: tail(r.loc, at)}
	for r.version == 4 {
		low, high := b.word(), b.word()
		if low == 0 && high == 0 || b.bad {
			return places
		}
		if low != 1<<64-1 {
			places = append(places, frame(b.bytes(int64(b.half())), size)...)
		}
	}
	for {
		switch b.byte() { // DW_LLE_
		case 0:
			return places
		case 1:
			b.unsigned()
			continue
		case 2, 3, 4:
			b.unsigned()
			b.unsigned()
		case 5:
		case 6:
			b.word()
			continue
		case 7:
			b.word()
			b.word()
		case 8:
			b.word()
			b.unsigned()
		default:
			return places
		}
		places = append(places, frame(b.bytes(int64(b.unsigned())), size)...)
		if b.bad {
			return places
		}
	}
}

// frame are the places of one location: whole, or the pieces that lie in the frame.
func frame(location []byte, size int64) []place {
	var places []place
	b := buffer{rest: location}
	at, part, inFrame := int64(0), int64(0), false
	for len(b.rest) > 0 && !b.bad {
		switch op := b.byte(); {
		case op == 0x9c: // DW_OP_call_frame_cfa
			at, inFrame = 0, true
		case op == 0x91: // DW_OP_fbreg: Go's frame base is the CFA
			at, inFrame = b.signed(), true
		case op == 0x11: // DW_OP_consts
			at += b.signed()
		case op == 0x22: // DW_OP_plus
		case op == 0x93: // DW_OP_piece
			n := int64(b.unsigned())
			if inFrame {
				places = append(places, place{at, n, part})
			}
			part += n
			inFrame = false
		case op >= 0x50 && op <= 0x6f: // DW_OP_reg0..31
		case op == 0x90: // DW_OP_regx
			b.unsigned()
		default:
			return places
		}
	}
	if inFrame {
		places = append(places, place{at, size, part})
	}
	return places
}

func tail(content []byte, at int64) []byte {
	if at < 0 || at > int64(len(content)) {
		return nil
	}
	return content[at:]
}

// buffer reads numbers; past its end they are 0 and `bad` is set.
type buffer struct {
	rest []byte
	bad  bool
}

func (b *buffer) bytes(n int64) []byte {
	if n < 0 || n > int64(len(b.rest)) {
		b.bad, b.rest = true, nil
		return nil
	}
	head := b.rest[:n]
	b.rest = b.rest[n:]
	return head
}

func (b *buffer) byte() byte {
	if head := b.bytes(1); head != nil {
		return head[0]
	}
	return 0
}

func (b *buffer) half() uint16 {
	if head := b.bytes(2); head != nil {
		return binary.LittleEndian.Uint16(head)
	}
	return 0
}

func (b *buffer) word() uint64 {
	if head := b.bytes(8); head != nil {
		return binary.LittleEndian.Uint64(head)
	}
	return 0
}

func (b *buffer) unsigned() uint64 {
	value, n := binary.Uvarint(b.rest)
	if n <= 0 {
		b.bad, b.rest = true, nil
		return 0
	}
	b.rest = b.rest[n:]
	return value
}

func (b *buffer) signed() int64 {
	var value int64
	for shift := uint(0); shift < 64; {
		octet := b.byte()
		value |= int64(octet&0x7f) << shift
		shift += 7
		if octet < 0x80 {
			if shift < 64 && octet&0x40 != 0 {
				value |= -1 << shift
			}
			break
		}
	}
	return value
}

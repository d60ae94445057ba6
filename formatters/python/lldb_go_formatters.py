"""Children of Go values, for LLDB: the logic is lldb-go's, in C++; LLDB takes children from Python classes only."""
import lldb

import _lldb_go

make_child = _lldb_go.child  # looked up once


class GoChildren:
    def __init__(self, value, _internal):
        self.value = value
        self.children = None
        self.child = lldb.SBValue()  # each in turn: LLDB takes out what it holds, and our side keeps that
        self.child_at = int(self.child.this)
        self.last, self.inside = -1, False

    def update(self):
        self.children = _lldb_go.open(int(self.value.this))
        return False

    def has_children(self):
        return self.num_children() > 0

    def num_children(self, _limit=None):
        return self.value.GetNumChildren() if self.children is None else _lldb_go.count(self.children)

    def get_child_at_index(self, index):
        if self.children is None:
            return self.value.GetChildAtIndex(index)
        if not self.inside:
            self.ahead(index)
        return self.child if make_child(self.children, index, self.child_at) else None

    def get_child_index(self, name):
        if self.children is None:
            return self.value.GetIndexOfChildWithName(name)
        return _lldb_go.index_of(self.children, name)

    def ahead(self, index):
        """Entering Python costs LLDB as much as twenty children do. It keeps the children it has been given, so who reads
        them one after the other is given many more, from inside."""
        in_order, self.last = index == self.last + 1, index
        if not in_order or index == 0:
            return
        end = min(24 * index, self.num_children())
        self.inside, self.last = True, end - 1
        _lldb_go.ahead(self.children, int(self.value.this), index + 1, end)
        self.inside = False

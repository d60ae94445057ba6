"""Children of Go values, for LLDB: the logic is lldb-go's, in C++; LLDB takes children from Python classes only."""
import lldb

import _lldb_go

FIRST_AHEAD = 4


class GoChildren:
    def __init__(self, value, _internal):
        self.value = value
        self.children = None
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
        self.ahead(index)
        child = lldb.SBValue()
        return child if _lldb_go.child(self.children, index, int(child.this)) else None

    def get_child_index(self, name):
        if self.children is None:
            return self.value.GetIndexOfChildWithName(name)
        return _lldb_go.index_of(self.children, name)

    def ahead(self, index):
        """Entering Python costs LLDB ten times what a child does. It keeps the children it has been given, so who reads
        them one after the other is given as many again, from inside."""
        in_order, self.last = index == self.last + 1, index
        if self.inside or not in_order or index < FIRST_AHEAD:
            return
        self.inside = True
        whole = self.value.GetNonSyntheticValue()
        whole.SetPreferSyntheticValue(True)
        for next_index in range(index + 1, min(2 * index, self.num_children())):
            whole.GetChildAtIndex(next_index)
        self.inside = False

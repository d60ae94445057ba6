module stackscgo

go 1.15

module frame_places

go 1.21

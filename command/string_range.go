package command

// maxStringLen is the longest string that can be made whatever proto-max-bulk-len says: the store has
// lengths of 32 bits, and adds room to spare.
const maxStringLen = 1 << 31

// stringLimit is how many bytes a string may have.
func stringLimit(c *Ctx) int64 { return min(c.Env.MaxBulkLen.Load(), maxStringLen) }

// checkStringLen refuses a string that would be too long: size and added bytes, not negative.
func checkStringLen(c *Ctx, size, added int64) error {
	if total := size + added; total < 0 || total > stringLimit(c) {
		return ErrStringTooBig
	}
	return nil
}

// clampRange brings the inclusive range from start to end, negative indexes counting from the end, into a
// sequence of n elements. It is empty if start > end then, and always if n is 0.
func clampRange(start, end, n int64) (int64, int64) {
	if start < 0 {
		start = max(start+n, 0)
	}
	if end < 0 {
		end = max(end+n, 0)
	}
	return start, min(end, n-1)
}

// APPEND key value
func appendCommand(c *Ctx) error {
	k, val := c.Keys[0], c.Args[2]
	if c.Offload(len(val)) {
		return ErrOffload
	}
	e, err := lookupString(c, 0)
	if err != nil {
		return err
	}
	n := len(val)
	if !e.Ok() {
		c.DB.SetString(k, val, 0)
	} else {
		old := e.StringLen()
		if err := checkStringLen(c, int64(old), int64(n)); err != nil {
			return err
		}
		n += old
		copy(c.DB.GrowStringIn(k, n, old, n)[old:], val)
	}
	c.Changed(k, EventString, "append")
	c.Reply.Int(int64(n))
	return nil
}

// SETRANGE key offset value
func setrangeCommand(c *Ctx) error {
	k, val := c.Keys[0], c.Args[3]
	offset, err := c.Int(2)
	if err != nil {
		return err
	}
	if offset < 0 {
		return ErrOffset
	}
	e, err := lookupString(c, 0)
	if err != nil {
		return err
	}
	old := 0
	if e.Ok() {
		old = e.StringLen()
	}
	if len(val) == 0 {
		c.Reply.Int(int64(old))
		return nil
	}
	if err := checkStringLen(c, offset, int64(len(val))); err != nil {
		return err
	}
	end := int(offset) + len(val)
	if c.Offload(max(end-old, len(val))) {
		return ErrOffload
	}
	b := c.DB.GrowStringIn(k, end, int(offset), end)
	copy(b[offset:], val)
	c.Changed(k, EventString, "setrange")
	c.Reply.Int(int64(len(b)))
	return nil
}

// GETRANGE key start end, and SUBSTR
func getrangeCommand(c *Ctx) error {
	start, err := c.Int(2)
	if err != nil {
		return err
	}
	end, err := c.Int(3)
	if err != nil {
		return err
	}
	e, err := c.String(0)
	if err != nil {
		return err
	}
	if !e.Ok() || start < 0 && end < 0 && start > end {
		c.Reply.BulkString("")
		return nil
	}
	var scratch [24]byte
	b := e.Bytes(&scratch)
	start, end = clampRange(start, end, int64(len(b)))
	if start > end {
		c.Reply.BulkString("")
		return nil
	}
	if c.Offload(int(end - start)) {
		return ErrOffload
	}
	c.Reply.Bulk(b[start : end+1])
	return nil
}

// The driver of the structural scan on bit masks: the same for every family, which gives it the block
// to work on. A family's file includes this one after it has defined
//
//   TARGET                     the attribute of functions that use the family's instructions
//   block                      64 bytes, in as many registers as it takes
//   load_block(bytes)          64 bytes of the text
//   load_rest(bytes, length)   the text's last bytes, fewer than 64, and blanks after them; reads
//                              nothing behind them
//   scan                       what a scan keeps in registers: a `scan_state state`, a `non_ascii`
//                              that is not 0 if there was a byte >= 0x80, and what is its own
//   scan_block(s, b, base)     finds the structure of the block at the offset `base`: the masks,
//                              block_starts of block.h, and the positions written
//   note_numbers(c, at, run, b)  keeps the block's masks for the check of numbers, see numbers.h
//   is_utf8(s, bytes, length)  asked only of a text that is not ASCII
//
// and calls scan_text. An include rather than a function that takes functions, because a block in
// registers can't be passed to a function that does not have the family's instructions.

TARGET static __attribute__((noinline)) void check_64_blocks(number_check *c) {
    // Not inlined, because the scan needs the registers.
    check_kept_numbers(c, KEPT_BLOCKS);
}

// Scans a text and leaves the notes of its numbers in `scratch`. False where anything is wrong:
// scalar.c then finds out what, and where.
TARGET SW_INLINE bool scan_text(scan *s, const uint8_t *bytes, size_t length, void *scratch) {
    number_check *numbers = scratch;
    start_numbers(numbers);
    size_t kept = 0;
    size_t i = 0;
    for (; length - i >= 64; i += 64) {
        prefetch_ahead(bytes + i);
        block b = load_block(bytes + i);
        scan_block(s, b, (uint32_t)i);
        if (!s->state.has_run) continue;
        note_numbers(numbers, kept++, s->state.run, b);
        if (__builtin_expect(kept == KEPT_BLOCKS, 0)) {
            check_64_blocks(numbers);
            kept = 0;
        }
    }
    // The blanks after the rest start nothing; but blanks alone still end a sequence of UTF-8 that the
    // last block cut off, and the number that it ended with.
    block rest = load_rest(bytes + i, length - i);
    scan_block(s, rest, (uint32_t)i);
    note_numbers(numbers, kept, s->state.run, rest);
    numbers->kept = kept + s->state.has_run;

    bool is_broken = (s->state.in_string | s->state.string_control) != 0 ||
                     (s->non_ascii != 0 && !is_utf8(s, bytes, length));
    return __builtin_expect(!is_broken, 1);
}

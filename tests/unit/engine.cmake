# Units of the engine's stages after text.
tt_test(radix)
tt_test(candidate)
tt_test(sets)
tt_kernels_test(minhash)
tt_test(gap)
tt_test(align)

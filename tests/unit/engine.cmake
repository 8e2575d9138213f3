# Units of the engine's stages after text.
tt_test(gap)
tt_test(align)

// The precompiled header belongs to this file; floors reuse it.

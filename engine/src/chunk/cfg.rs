//! Basic blocks, edges and loops of a chunk, shared by everything that walks code.

/**
 * Weft in somebody else's program: {@link com.example.embed.Main} computes the gradient of a function, and trains a small language model
 * and lets it write. What comes in is a text in the source, what goes out are lines on standard output.
 */
package com.example.embed;

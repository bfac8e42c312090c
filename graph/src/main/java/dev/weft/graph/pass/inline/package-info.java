/**
 * Calls become the values of the function that they call. In comes a program without {@code grad} (or with grads that stay), out goes
 * one whose entries are flat and whose other functions are gone.
 */
package dev.weft.graph.pass.inline;

/**
 * Holds the documentation to what it shows: every fenced block of every page is executed, compiled, compared or at least read.
 * CONTRIBUTING.md says what each kind of block means.
 *
 * <p>In come the Markdown files of the repository. Not here: references that are written from the sources, which are compared where
 * they are written.
 */
package dev.weft.docs;

/**
 * What the regions of an entry cost, and how close a run came to what the machine can do.
 *
 * <p>In come a schedule, the limits of the machine and timelines of runs; out go facts about each region, rows of a table and the
 * events of a trace. Not here: measuring, which a backend's session does, and the words of the command line.
 */
@NullMarked
package dev.weft.cli.profile;

import org.jspecify.annotations.NullMarked;

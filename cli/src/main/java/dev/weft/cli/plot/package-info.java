/**
 * Pictures of what runs measured.
 *
 * <p>In: {@link dev.weft.cli.plot.Curve}s of numbers. {@link dev.weft.cli.plot.Chart} places them as
 * {@link dev.weft.cli.plot.Mark}s on a sheet; {@link dev.weft.cli.plot.Svg} and {@link dev.weft.cli.plot.Png} write the same marks
 * as a file. Not here: where the numbers come from ({@code dev.weft.models.run}).
 */
package dev.weft.cli.plot;

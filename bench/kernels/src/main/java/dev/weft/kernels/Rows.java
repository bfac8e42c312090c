package dev.weft.kernels;

import dev.weft.graph.type.ElementType;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;

/** What is done to rows between the products of GPT-2: (rows, width) in, the same out. */
public class Rows extends Kernel {

    private static final String PROGRAM = """
            import nn
            model Rows(rows, width) {
                part: nn.LayerNorm(width)
                buffer x: f32[rows, width] = normal(1)
                state y: f32[rows, width]
                fn layer_norm() {
                    y := part(x)
                }
                fn softmax() {
                    y := nn.softmax(x)
                }
                fn gelu() {
                    y := nn.gelu(x)
                }
            }
            """;

    @Param({"layer_norm", "softmax", "gelu"})
    public String function = "";

    @Param({"256x768", "256x3072", "3072x1024"})
    public String shape = "";

    @Override
    Compiled compiled() {
        String[] sizes = shape.split("x");
        return new Compiled(PROGRAM, Map.of("rows", sizes[0], "width", sizes[1]), function, ElementType.F32);
    }
}

package dev.weft.kernels;

import dev.weft.graph.type.ElementType;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;

/** AdamW as {@code adamw.weft} has it, on one tensor: it reads four numbers and writes three for each parameter. */
public class Update extends Kernel {

    private static final String PROGRAM = """
            model Update(size) {
                buffer g: f32[size] = normal(1)
                state w, m, v: f32[size]
                state t: f32[]
                fn step() {
                    t := t + 1
                    m := 0.9 * m + 0.1 * g
                    v := 0.95 * v + 0.05 * g * g
                    w := w - 0.0001 * w
                    w := w - 0.001 * (m / (1 - 0.9 ** t)) / (sqrt(v / (1 - 0.95 ** t)) + 1e-8)
                }
            }
            """;

    @Param({"589824", "38597376"})
    public String size = "";

    @Override
    Compiled compiled() {
        return new Compiled(PROGRAM, Map.of("size", size), "step", ElementType.F32);
    }
}

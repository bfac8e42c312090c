package com.example.embed;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.Tensor;
import java.util.Arrays;
import java.util.Map;

/** The gradient of a function: no model, no training, no data. */
final class Slope {

    private static final String ROSENBROCK = """
            model Rosenbrock() {
                fn value(x: f32[N]) -> f32[] where N >= 2 {
                    a = x[: N - 1]
                    b = x[1 :]
                    sum(100 * (b - a * a) ** 2 + (1 - a) ** 2)
                }

                fn slope(x: f32[N]) -> f32[N] where N >= 2 = grad(value, wrt x)(x)
            }
            """;

    private Slope() {}

    static void run(Weft weft) {
        Program program = Program.of("rosenbrock", ROSENBROCK);
        try (Model model = weft.compile(program, EntryRequest.of("slope", Map.of("N", 3L)))) {
            Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
            Tensor slope = model.run("slope", Map.of("x", x)).firstEntry().getValue();
            System.out.println("slope at (1, 2, 3): " + Arrays.toString(slope.toFloats()));
        }
    }
}

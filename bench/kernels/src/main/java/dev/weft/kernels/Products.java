package dev.weft.kernels;

import dev.weft.graph.type.ElementType;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;

/** {@code c := a @ b} of (rows, inner) and (inner, columns): the products of a step of GPT-2 124M with B=4 T=64. */
public class Products extends Kernel {

    private static final String PROGRAM = """
            model Product(rows, inner, columns) {
                param a: f32[rows, inner] = normal(1)
                param b: f32[inner, columns] = normal(1)
                state c: f32[rows, columns]
                fn multiply() {
                    c := a @ b
                }
            }
            """;

    /** rows x inner x columns: the joined queries, keys and values, the two of the network, a weight's gradient, the head. */
    @Param({"256x768x2304", "256x768x768", "256x768x3072", "256x3072x768", "768x256x3072", "256x768x50257"})
    public String shape = "";

    /** What the product reads; it writes f32. */
    @Param({"F32", "BF16"})
    public ElementType element = ElementType.F32;

    @Override
    Compiled compiled() {
        String[] sizes = shape.split("x");
        return new Compiled(
                PROGRAM,
                Map.of("rows", sizes[0], "inner", sizes[1], "columns", sizes[2]),
                "multiply",
                element);
    }
}

package dev.weft.dsl.check;

import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Types as their author would write them. */
final class Describe {
    private Describe() {}

    static String tensor(Type.Tensor tensor) {
        return tensor.element() + shape(tensor, Facts.NONE);
    }

    static String tensor(Type.Tensor tensor, Facts facts) {
        return tensor.element() + shape(tensor, facts);
    }

    static String shape(Type.Tensor tensor, Facts facts) {
        List<String> sizes = new ArrayList<>();
        @Nullable String rest = tensor.rest();
        if (rest != null) {
            sizes.add("...");
        }
        for (Type.Axis axis : tensor.axes()) {
            sizes.add(size(axis.size(), facts));
        }
        return "[" + String.join(", ", sizes) + "]";
    }

    /** Says of each tensor where its element type is from, unless that is the place the diagnostic is about. */
    static Diagnostic origins(Diagnostic diagnostic, Type.Tensor... tensors) {
        Diagnostic all = diagnostic;
        for (Type.Tensor tensor : tensors) {
            Span origin = tensor.origin();
            if (origin != null && !origin.equals(diagnostic.span())) {
                all = all.note(origin, tensor.element() + " comes from here");
            }
        }
        return all;
    }

    static String size(Size size, Facts facts) {
        return facts.display(size).toString();
    }
}

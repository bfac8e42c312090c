package dev.weft.graph.pass.weights;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What weights are held in, as users call it. */
public enum WeightType {
    /** As the program says. */
    F32(ElementType.F32),
    /** Rounded to nearest even. */
    BF16(ElementType.BF16),
    /** Numbers from −127 to 127 with one f32 scale for each {@link Quantization#SIZE} of them. */
    INT8(ElementType.I8);

    private final ElementType element;

    WeightType(ElementType element) {
        this.element = element;
    }

    /** The type of an element in memory. */
    public ElementType element() {
        return element;
    }

    /** Whether groups of elements share a scale. */
    public boolean hasScales() {
        return this == INT8;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The type of this name.
     *
     * @throws UserException if there is none; the message lists those there are
     */
    public static WeightType parse(String name) {
        return Arrays.stream(values())
                .filter(type -> type.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("weights: must be one of %s, got %s"
                        .formatted(
                                Arrays.stream(values())
                                        .map(WeightType::toString)
                                        .collect(Collectors.joining(", ")),
                                name)));
    }
}

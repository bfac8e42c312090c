package dev.weft.backend.cuda.epilogue;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Endings of the product of a contract region. With {@code p} for the product, in f32:
 *
 * <pre>
 * p + b, b repeated for each row       ->  BIAS
 * p (+ b) + c, c of the product's size ->  an addend
 * gelu(p (+ b))                        ->  GELU, GELU_BIAS
 * z = p (+ b) stored, gelu(z)          ->  GELU_AUX, GELU_AUX_BIAS with z as the auxiliary matrix
 * p · gelu'(z), z stored before        ->  DGELU
 * </pre>
 *
 * or each of them cast to the type of the operands. What an ending keeps must be of the type of what it stores, and so must an addend;
 * b is rounded to it.
 */
public final class Endings {
    private final Region region;
    private final Value product;
    private final long columns;
    private final Set<Value> own;
    private final Formulas formulas;

    private Endings(Region region, long columns) {
        this.region = region;
        this.product = region.dotValue();
        this.columns = columns;
        this.own = new HashSet<>(region.values());
        this.formulas = new Formulas(value -> value.equals(product) || !own.contains(value));
    }

    /**
     * Endings that store an output of the region, those that store more first.
     *
     * @param columns of the product: elements of a vector that may be added to each row
     */
    public static List<Ending> of(Region region, long columns) {
        Endings endings = new Endings(region, columns);
        if (endings.product.type().element() != ElementType.F32) {
            return List.of();
        }
        List<Ending> found = new ArrayList<>();
        for (Value output : region.outputs()) {
            if (!output.equals(endings.product) && endings.isWhole(output)) {
                endings.of(output).ifPresent(found::add);
            }
        }
        found.sort((x, y) -> y.made().size() - x.made().size());
        return found;
    }

    private boolean isWhole(Value value) {
        return value.type().shape().elements() == product.type().shape().elements();
    }

    private Optional<Ending> of(Value output) {
        ElementType stored = output.type().element();
        ElementType operands = region.dot().x().type().element();
        boolean narrowed = output.op() instanceof Cast && stored == operands && stored != ElementType.F32;
        if (stored != ElementType.F32 && !narrowed) {
            return Optional.empty();
        }
        Formula formula = formulas.of(narrowed ? output.operands().getFirst() : output);
        return sum(output, formula)
                .or(() -> Gelu.forward(formulas, formula).flatMap(z -> gelu(output, z)))
                .or(() -> Gelu.backward(formulas, formula, formulas.of(product)).flatMap(z -> gradient(output, z)));
    }

    /** The product with what is added to it. */
    private Optional<Ending> sum(Value output, Formula formula) {
        List<Value> added = new ArrayList<>(formulas.sum(formula).orElse(List.of()));
        if (!added.remove(product)) {
            return Optional.empty();
        }
        Value vector = take(added, value -> isVector(value, output));
        Value addend = take(added, value -> isStored(value, output));
        return added.isEmpty()
                ? Optional.of(new Ending(output, vector == null ? Epilogue.NONE : Epilogue.BIAS, vector, null, addend))
                : Optional.empty();
    }

    private static @Nullable Value take(List<Value> values, Predicate<Value> wanted) {
        Value found = values.stream().filter(wanted).findFirst().orElse(null);
        values.remove(found);
        return found;
    }

    /** Of the output's type or wider, and read from memory. */
    private boolean isVector(Value value, Value output) {
        ElementType element = value.type().element();
        return value.type().shape().elements() == columns
                && (element == ElementType.F32 || element == output.type().element())
                && !own.contains(value);
    }

    /** Of the output's type and sizes, and read from memory. */
    private boolean isStored(Value value, Value output) {
        return isWhole(value) && value.type().element() == output.type().element() && !own.contains(value);
    }

    private Optional<Ending> gelu(Value output, Formula z) {
        Value kept = keptAs(z, output);
        Formula input = kept != null && kept.op() instanceof Cast cast && !widens(cast) ? formulas.of(cast.x()) : z;
        Optional<Ending> inner = sum(output, input).filter(sum -> sum.addend() == null);
        boolean stored = kept != null && region.outputs().contains(kept);
        return inner.map(sum -> {
            boolean bias = sum.vector() != null;
            Epilogue epilogue = stored
                    ? bias ? Epilogue.GELU_AUX_BIAS : Epilogue.GELU_AUX
                    : bias ? Epilogue.GELU_BIAS : Epilogue.GELU;
            return new Ending(output, epilogue, sum.vector(), stored ? kept : null, null);
        });
    }

    /** The value of the region, of the output's type, that is z: a cast that the GELU reads, or another output. */
    private @Nullable Value keptAs(Formula z, Value output) {
        List<Value> single =
                formulas.sum(z).filter(values -> values.size() == 1).orElse(List.of());
        for (Value value : single) {
            if (own.contains(value) && value.type().element() == output.type().element() && !value.equals(product)) {
                return value;
            }
        }
        return region.outputs().stream()
                .filter(value -> value.type().element() == output.type().element() && isWhole(value))
                .filter(value -> formulas.of(value).isClose(z))
                .findFirst()
                .orElse(null);
    }

    private Optional<Ending> gradient(Value output, Formula z) {
        return formulas.sum(z)
                .filter(values -> values.size() == 1 && isStored(values.getFirst(), output))
                .map(values -> new Ending(output, Epilogue.DGELU, null, values.getFirst(), null));
    }

    /** Whether a cast loses nothing. */
    public static boolean widens(Cast cast) {
        return switch (cast.x().type().element()) {
            case BF16, F16 -> cast.element() == ElementType.F32 || cast.element() == ElementType.F64;
            case F32 -> cast.element() == ElementType.F64;
            case F64, I64, I32, I8, U8, BOOL -> false;
        };
    }
}

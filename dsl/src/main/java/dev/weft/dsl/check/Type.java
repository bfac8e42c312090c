package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What the checker knows of a value. Constants that are not numbers yet are symbols. */
sealed interface Type {

    /** What follows from an error that is reported already, or from a model that is not bound yet. */
    record Unknown() implements Type {}

    /** What a function without a result gives. */
    record Nothing() implements Type {}

    record Int(Size size) implements Type {}

    /**
     * A float constant.
     *
     * @param key equal for constants that are equal whatever the parameters are
     */
    record Float(@Nullable Double value, String key) implements Type {}

    /** A bool constant; unknown ones with equal keys are equal. */
    record Bool(@Nullable Boolean value, String key) implements Type {}

    /** The path of a stored tensor. */
    record PathOf(String key) implements Type {}

    /**
     * A run-time tensor.
     *
     * @param origin where its element type was written or made
     * @param rest leading axes that are not known, the same for equal names
     * @param storage where it is stored, for something that {@code :=} may write
     */
    record Tensor(
            ElementType element,
            @Nullable Span origin,
            @Nullable String rest,
            List<Axis> axes,
            @Nullable StorageKind storage)
            implements Type {
        public Tensor {
            axes = List.copyOf(axes);
        }

        static Tensor of(ElementType element, @Nullable Span origin, @Nullable String rest, List<Axis> axes) {
            return new Tensor(element, origin, rest, axes, null);
        }

        static Tensor scalar(ElementType element, @Nullable Span origin) {
            return of(element, origin, null, List.of());
        }

        /** Leading axes alone, of which the element type says nothing. */
        static Tensor leading(@Nullable String rest, List<Axis> axes) {
            return of(ElementType.F32, null, rest, axes);
        }

        /** A value of these elements in another shape. */
        Tensor shaped(@Nullable String otherRest, List<Axis> otherAxes) {
            return of(element, origin, otherRest, otherAxes);
        }

        boolean isScalar() {
            return rest == null && axes.isEmpty();
        }

        Tensor withElement(ElementType other, @Nullable Span from) {
            return of(other, from, rest, axes);
        }

        Tensor value() {
            return of(element, origin, rest, axes);
        }
    }

    /** A size and where it was written. */
    record Axis(Size size, Span origin) {}

    record Tuple(List<Type> items) implements Type {
        public Tuple {
            items = List.copyOf(items);
        }
    }

    /** The parameters of a function, by name. */
    record Bundle(SequencedMap<String, Type> items) implements Type {
        public Bundle {
            items = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(items));
        }
    }

    /** One tensor for each param of an instance: equal trees have equal names. */
    record Tree(String of, @Nullable StorageKind storage) implements Type {

        /** What {@link #of} begins with if the leaves are states, and not params. */
        static final String STATES = "states(";

        boolean ofStates() {
            return of.startsWith(STATES);
        }
    }

    record Part(Instance instance) implements Type {}

    record Parts(Instance element, Size count) implements Type {}

    /** A model or an optimizer that is not bound yet, or something in it. */
    record Open(String path) implements Type {}

    /** What {@code range} gives. */
    record Range(Size from, Size to) implements Type {}

    record Zip(List<Type> items) implements Type {
        public Zip {
            items = List.copyOf(items);
        }
    }

    /** A function of a file, or a method of an instance. */
    record Function(
            Declaration.Function declaration,
            Module module,
            @Nullable Instance self) implements Type {}

    /** {@code grad(function, wrt …)} */
    record Gradient(Type function, boolean withValue, List<Expr> wrt) implements Type {
        public Gradient {
            wrt = List.copyOf(wrt);
        }
    }

    record BuiltIn(Builtin builtin) implements Type {}

    record Imported(Module module) implements Type {}

    record Named(Declaration.Definition definition, Module module) implements Type {}

    /** Whether nothing can be said about it. */
    default boolean isUnknown() {
        return this instanceof Unknown || this instanceof Open;
    }

    default boolean isConstant() {
        return this instanceof Int || this instanceof Float || this instanceof Bool;
    }

    /** For messages, the article included. */
    default String describe() {
        return switch (this) {
            case Unknown unknown -> "something unknown";
            case Nothing nothing -> "nothing";
            case Int constant -> "the int constant " + constant.size();
            case Float constant -> constant.value() == null ? "a float constant" : "the constant " + constant.value();
            case Bool constant -> constant.value() == null ? "a bool constant" : "the constant " + constant.value();
            case PathOf path -> "a path";
            case Tensor tensor -> "a tensor " + Describe.tensor(tensor);
            case Tuple tuple -> "a tuple of " + tuple.items().size();
            case Bundle bundle -> "arguments";
            case Tree tree -> "a tree like " + (tree.ofStates() ? tree.of() : "params(" + tree.of() + ")");
            case Part part -> "an instance of " + part.instance().name();
            case Parts parts -> "a list of " + parts.element().name();
            case Open open -> open.path();
            case Range range -> "a range";
            case Zip zip -> "a zip";
            case Function function -> "the function " + function.declaration().label();
            case Gradient gradient -> "a gradient function";
            case BuiltIn builtIn -> "the built-in function " + builtIn.builtin().text();
            case Imported imported -> "the import " + imported.module().name();
            case Named named ->
                "the " + named.definition().kind() + " " + named.definition().name();
        };
    }
}

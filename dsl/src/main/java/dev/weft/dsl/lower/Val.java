package dev.weft.dsl.lower;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an expression of the language is while it is traced. */
sealed interface Val {

    /** For messages: {@code f32[4:B,64:T]}, {@code the int 3}. */
    String describe();

    /** A number or truth known while compiling. */
    sealed interface Known extends Val permits Int, Real, Bool {}

    record Int(long value) implements Known {
        @Override
        public String describe() {
            return "the int " + value;
        }
    }

    record Real(double value) implements Known {
        @Override
        public String describe() {
            return "the float " + value;
        }
    }

    record Bool(boolean value) implements Known {
        @Override
        public String describe() {
            return "the bool " + value;
        }
    }

    /** A tensor's path; it can only be compared, and looked for among patterns. */
    record Text(String value) implements Val {
        @Override
        public String describe() {
            return "the path " + value;
        }
    }

    /** A run-time tensor: a value of the graph in progress. */
    record Tensor(Value value, @Nullable String path) implements Val {
        public Tensor(Value value) {
            this(value, null);
        }

        @Override
        public String describe() {
            return value.type().toString();
        }
    }

    /** Storage: what {@code :=} writes, and elsewhere its contents at that point. */
    record Place(Leaf leaf) implements Val {
        @Override
        public String describe() {
            return leaf.kind() + " " + leaf.name();
        }
    }

    /** A tuple, or a list of instances. */
    record Tuple(List<Val> items) implements Val {
        public Tuple {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return items.stream().map(Val::describe).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** One tensor or place for each path of a tree of stored tensors. */
    record Tree(Map<String, Val> leaves) implements Val {
        public Tree {
            leaves = Collections.unmodifiableMap(new LinkedHashMap<>(leaves));
        }

        @Override
        public String describe() {
            return "a tree of " + leaves.size() + " tensors";
        }
    }

    /** The parameters of another function, under their own names. */
    record Bundle(Map<String, Val> items) implements Val {
        public Bundle {
            items = Collections.unmodifiableMap(new LinkedHashMap<>(items));
        }

        @Override
        public String describe() {
            return "the arguments " + items.keySet();
        }
    }

    /** A model, an optimizer or a program with its constants. */
    record Part(Instance instance) implements Val {
        @Override
        public String describe() {
            return instance.definition().kind() + " " + instance.definition().name();
        }
    }

    /** An imported file. */
    record Module(Unit unit) implements Val {
        @Override
        public String describe() {
            return "the file " + unit.module().name();
        }
    }

    /** What a file declares with {@code model}, {@code optimizer} or {@code program}. */
    record Definition(Unit unit, Declaration.Definition definition) implements Val {
        @Override
        public String describe() {
            return "the " + definition.kind() + " " + definition.name() + " (not an instance)";
        }
    }

    record Function(Builtin builtin) implements Val {
        @Override
        public String describe() {
            return "the built-in " + builtin.text();
        }
    }

    /** What can be called and differentiated. */
    sealed interface Callable extends Val permits Method, Gradient {}

    /**
     * A function of a file or a method of an instance.
     *
     * @param self the instance of a method
     */
    record Method(Unit unit, @Nullable Instance self, Declaration.Function function) implements Callable {
        @Override
        public String describe() {
            return "the function " + label();
        }

        /** {@code GPT.loss}, {@code Block}, {@code gelu}. */
        String label() {
            String own = function.name() == null ? "" : function.name().text();
            if (self == null) {
                return own;
            }
            String type = self.definition().name().text();
            return own.isEmpty() ? type : type + "." + own;
        }
    }

    /** {@code grad(function, wrt …)}. */
    record Gradient(Span span, Callable function, boolean withValue, List<Wrt> wrt) implements Callable {
        public Gradient {
            wrt = List.copyOf(wrt);
        }

        @Override
        public String describe() {
            return "the gradient of " + function.describe();
        }
    }

    /** What a gradient is taken by: a parameter's name, or a tree of stored tensors. */
    sealed interface Wrt {
        record ByName(Span span, String parameter) implements Wrt {}

        record ByTree(Span span, Tree tree) implements Wrt {}
    }

    /** A statement's lack of a value. */
    record Nothing() implements Val {
        @Override
        public String describe() {
            return "no value";
        }
    }
}

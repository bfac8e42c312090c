package dev.weft.graph.verify;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What holds between functions: calls and grads name one that is there, with arguments and a result of its types. */
final class CallChecks {

    private CallChecks() {}

    static void check(Program program, Graph graph, List<String> problems) {
        for (Value value : graph.values()) {
            String subject = "%s: %%%d: %s @"
                    .formatted(graph.name(), value.id(), value.op().mnemonic());
            switch (value.op()) {
                case Call call -> {
                    Graph callee = find(program, subject, call.function(), problems);
                    if (callee != null && arguments(subject, callee, call.arguments(), problems)) {
                        result(subject + callee.name(), callee.resultTypes(), call.result(), call.type(), problems);
                    }
                }
                case Grad grad -> {
                    Graph callee = find(program, subject, grad.function(), problems);
                    if (callee != null && arguments(subject, callee, grad.arguments(), problems)) {
                        result(subject + callee.name(), results(callee, grad), grad.result(), grad.type(), problems);
                        differentiable(subject + callee.name(), callee, problems);
                    }
                }
                case Primitive _ -> {}
            }
        }
    }

    private static @Nullable Graph find(Program program, String subject, String name, List<String> problems) {
        for (Graph function : program.functions()) {
            if (function.name().equals(name)) {
                return function;
            }
        }
        problems.add("%s%s: there is no such function".formatted(subject, name));
        return null;
    }

    private static boolean arguments(String subject, Graph callee, List<Value> arguments, List<String> problems) {
        List<TensorType> wanted = callee.parameters().stream().map(Value::type).toList();
        List<TensorType> got = arguments.stream().map(Value::type).toList();
        if (!wanted.equals(got)) {
            problems.add("%s%s: arguments must be %s, got %s".formatted(subject, callee.name(), wanted, got));
        }
        return wanted.equals(got);
    }

    private static List<TensorType> results(Graph callee, Grad grad) {
        List<TensorType> types = new ArrayList<>(callee.resultTypes());
        grad.wrt()
                .forEach(argument -> types.add(callee.parameters().get(argument).type()));
        return types;
    }

    private static void result(
            String subject, List<TensorType> types, int result, TensorType type, List<String> problems) {
        if (result < 0 || result >= types.size()) {
            problems.add("%s: result must be in 0..%d, got %d".formatted(subject, types.size() - 1, result));
        } else if (!types.get(result).equals(type)) {
            problems.add("%s: result %d must be %s, is %s".formatted(subject, result, types.get(result), type));
        }
    }

    private static void differentiable(String subject, Graph callee, List<String> problems) {
        TensorType first = callee.resultTypes().isEmpty()
                ? TensorType.scalar(ElementType.BOOL)
                : callee.resultTypes().getFirst();
        if (first.rank() != 0 || !first.element().isFloat()) {
            problems.add(subject + ": the first result must be a float scalar, got " + callee.resultTypes());
        }
    }
}

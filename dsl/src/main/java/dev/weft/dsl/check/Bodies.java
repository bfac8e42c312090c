package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks functions, methods and entries: their parameters, their bodies, and what comes out. */
final class Bodies {
    private static final int MOST_WAYS = 64;

    private final Checking checking;

    Bodies(Checking checking) {
        this.checking = checking;
    }

    /** Walks a body once for every way that its conditions can go. */
    void check(Declaration.Function function, Module module, @Nullable Instance self) {
        checking.dropped().ifPresent(dropped -> dropped.body(function));
        Deque<Map<String, Boolean>> ways = new ArrayDeque<>();
        ways.add(Map.of());
        for (int walked = 0; !ways.isEmpty(); walked++) {
            if (walked == MOST_WAYS) {
                checking.report()
                        .add(Diagnostic.error(
                                Code.TOO_MANY_WAYS,
                                function.place(),
                                function.label() + ": has more than " + MOST_WAYS
                                        + " ways through its conditions; split it into functions"));
                return;
            }
            Decisions decisions = new Decisions(ways.pop());
            Knowledge start = self == null ? Knowledge.NONE : self.knowledge();
            Evaluator here = new Evaluator(checking, module, self, start);
            here.walking(function, decisions);
            walk(function, here);
            ways.addAll(decisions.otherWays());
        }
    }

    private void walk(Declaration.Function function, Evaluator here) {
        here.types().parameters(function.parameters());
        for (Expr constraint : function.constraints()) {
            here.learn(here.conditions().read(constraint), true);
        }
        for (Parameter parameter : function.parameters()) {
            parameter(function, parameter, here);
        }
        inputs(function, here);
        Type value = here.statements().block(function.body());
        TypeExpr result = function.result();
        if (result != null) {
            result(function, value, here.types().declared(result, false), here);
        } else if (!function.entry() && !(value instanceof Type.Nothing) && !value.isUnknown()) {
            here.report(Diagnostic.error(
                            Code.WRONG_RESULT,
                            function.body().span(),
                            function.label() + ": gives " + value.describe() + " and declares no result")
                    .help("write -> and its type after the parameters"));
        } else if (function.entry()) {
            outputs(function, value, here);
        }
    }

    /** The inputs that bundles bring are called by their own names, so those must differ. */
    private static void inputs(Declaration.Function function, Evaluator here) {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : function.parameters()) {
            Type type = here.locals().getOrDefault(parameter.name(), new Type.Unknown());
            Set<String> inputs =
                    type instanceof Type.Bundle bundle ? bundle.items().keySet() : Set.of(parameter.name());
            for (String input : inputs) {
                if (!names.add(input)) {
                    here.report(
                            Code.DUPLICATE_NAME,
                            parameter.span(),
                            function.label() + ": has two inputs with the name " + input);
                }
            }
        }
    }

    private static void parameter(Declaration.Function function, Parameter parameter, Evaluator here) {
        boolean constant = parameter.type() instanceof TypeExpr.Constant;
        Expr value = parameter.defaultValue();
        if (function.entry() && constant) {
            here.report(
                    Code.WRONG_KIND,
                    parameter.span(),
                    "entry " + function.label() + ": its parameters are run-time tensors, got the constant "
                            + parameter.name());
        }
        if (value == null) {
            return;
        }
        Type type = here.value(value);
        String subject = "default of " + parameter.name();
        if (parameter.type() instanceof TypeExpr.Constant declared) {
            new Calls(here).constant(declared.kind(), new Calls.Value(type, value.span()), subject);
        } else {
            Type declared = here.locals().getOrDefault(parameter.name(), new Type.Unknown());
            here.types().conforms(type, declared, value.span(), subject, Code.WRONG_KIND);
        }
    }

    private static void result(Declaration.Function function, Type value, Type declared, Evaluator here) {
        Span span = function.body().statements().isEmpty()
                ? function.body().span()
                : function.body().statements().getLast().span();
        if (value instanceof Type.Nothing) {
            here.report(
                    Code.WRONG_RESULT,
                    span,
                    function.label() + ": must end with an expression, its result " + declared.describe());
        } else {
            here.types().conforms(value, declared, span, function.label() + ", result", Code.WRONG_RESULT);
        }
    }

    private static void outputs(Declaration.Function function, Type value, Evaluator here) {
        boolean tensors =
                switch (value) {
                    case Type.Tuple tuple ->
                        tuple.items().stream()
                                .allMatch(item -> item instanceof Type.Tensor || item.isUnknown() || item.isConstant());
                    case Type.Tensor tensor -> true;
                    case Type.Nothing nothing -> true;
                    default -> value.isUnknown();
                };
        if (!tensors) {
            here.report(
                    Code.WRONG_RESULT,
                    function.body().span(),
                    "entry " + function.label() + ": gives tensors, got " + value.describe());
        }
    }
}

package dev.weft.dsl;

import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a file offers, as it is written: nothing is bound to numbers. Commands decide by it what they can do with a program.
 *
 * @param file the name of the module
 * @param definitions its models, optimizers and programs, in order
 * @param functions its functions outside of these
 */
public record Description(String file, List<Definition> definitions, List<Function> functions) {

    public Description {
        definitions = List.copyOf(definitions);
        functions = List.copyOf(functions);
    }

    /**
     * A model, an optimizer or a program.
     *
     * @param where what must hold of the constants
     * @param functions its entries and its methods; the one that calling an instance calls is named {@code fn}
     */
    public record Definition(
            DefinitionKind kind,
            String name,
            List<Constant> constants,
            List<String> where,
            List<Function> functions,
            List<Storage> storage) {
        public Definition {
            constants = List.copyOf(constants);
            where = List.copyOf(where);
            functions = List.copyOf(functions);
            storage = List.copyOf(storage);
        }

        public Optional<Function> function(String function) {
            return functions.stream()
                    .filter(each -> each.name().equals(function))
                    .findFirst();
        }
    }

    /**
     * @param kind {@code int}, {@code float}, {@code bool}, {@code model} or {@code optimizer}
     * @param otherwise its default as written, if it has one
     */
    public record Constant(
            String name, String kind, @Nullable String otherwise) {}

    /**
     * @param entry whether it is an entry of a program
     * @param result its type as written, empty where it is left to the body
     */
    public record Function(String name, boolean entry, List<Parameter> parameters, String result, List<String> where) {
        public Function {
            parameters = List.copyOf(parameters);
            where = List.copyOf(where);
        }

        public Optional<Parameter> parameter(String parameter) {
            return parameters.stream()
                    .filter(each -> each.name().equals(parameter))
                    .findFirst();
        }

        /** {@code loss(tokens: i32[B, T], drop: f32[] = 0) -> (f32[], f32[])} */
        @Override
        public String toString() {
            String all = parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ", "(", ")"));
            return name + all + (result.isEmpty() ? "" : " -> " + result);
        }
    }

    /** @param otherwise its default as written, if it has one */
    public record Parameter(
            String name, String type, @Nullable String otherwise) {
        @Override
        public String toString() {
            return name + ": " + type + (otherwise == null ? "" : " = " + otherwise);
        }
    }

    /** What the definition itself stores; its parts store more. */
    public record Storage(String kind, String name, String type) {}

    public static Description of(Module module) {
        return new Description(
                module.name(),
                module.file().definitions().stream()
                        .map(Description::definition)
                        .toList(),
                module.file().functions().stream().map(Description::function).toList());
    }

    /** The last definition of a kind: what a command that is given the file uses. */
    public Optional<Definition> last(DefinitionKind kind) {
        return definitions.stream()
                .filter(definition -> definition.kind() == kind)
                .reduce((earlier, later) -> later);
    }

    private static Definition definition(Declaration.Definition definition) {
        List<Member> members = definition.members();
        return new Definition(
                definition.kind(),
                definition.name().text(),
                definition.parameters().stream().map(Description::constant).toList(),
                texts(definition.constraints()),
                members.stream()
                        .filter(Declaration.Function.class::isInstance)
                        .map(Declaration.Function.class::cast)
                        .map(Description::function)
                        .toList(),
                members.stream()
                        .filter(Member.Storage.class::isInstance)
                        .map(Member.Storage.class::cast)
                        .flatMap(storage -> storage.names().stream()
                                .map(name -> new Storage(
                                        storage.kind().toString(),
                                        name.text(),
                                        text(storage.type().span()))))
                        .toList());
    }

    private static Constant constant(ConstantParameter parameter) {
        Expr otherwise = parameter.defaultValue();
        return new Constant(
                parameter.name(), parameter.kind().toString(), otherwise == null ? null : text(otherwise.span()));
    }

    private static Function function(Declaration.Function function) {
        TypeExpr result = function.result();
        return new Function(
                function.label(),
                function.entry(),
                function.parameters().stream().map(Description::parameter).toList(),
                result == null ? "" : text(result.span()),
                texts(function.constraints()));
    }

    private static Parameter parameter(dev.weft.dsl.ast.Parameter parameter) {
        Expr otherwise = parameter.defaultValue();
        return new Parameter(
                parameter.name(), text(parameter.type().span()), otherwise == null ? null : text(otherwise.span()));
    }

    private static List<String> texts(List<Expr> expressions) {
        return expressions.stream().map(expression -> text(expression.span())).toList();
    }

    /** What is written there, on one line. */
    private static String text(Span span) {
        return span.text().replaceAll("\\s+", " ");
    }
}

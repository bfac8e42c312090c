package dev.weft.cli;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.DefectException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Prints a syntax tree, a line for each node with its place in the source, children below and to the right. */
final class SyntaxTreeText {

    private final StringBuilder text = new StringBuilder();

    private SyntaxTreeText() {}

    static String of(Record root) {
        SyntaxTreeText printer = new SyntaxTreeText();
        printer.node("", root, 0);
        return printer.text.toString();
    }

    private void node(String label, Record node, int depth) {
        StringBuilder line = new StringBuilder(label + node.getClass().getSimpleName());
        String place = "";
        for (RecordComponent component : node.getClass().getRecordComponents()) {
            switch (value(node, component)) {
                case Span span -> place = "  @" + span.line() + ":" + span.column();
                case null -> {}
                case Source _, Record _, Collection<?> _ -> {}
                case Object leaf ->
                    line.append(' ').append(component.getName()).append('=').append(leaf(leaf));
            }
        }
        line(depth, line + place);
        for (RecordComponent component : node.getClass().getRecordComponents()) {
            children(component.getName() + ": ", value(node, component), depth + 1);
        }
    }

    private void children(String label, @Nullable Object value, int depth) {
        switch (value) {
            case Span _ -> {}
            case Record record -> node(label, record, depth);
            case Collection<?> list -> {
                for (Object item : list) {
                    if (item instanceof Record record) {
                        node(label, record, depth);
                    } else {
                        line(depth, label + leaf(item));
                    }
                }
            }
            case null, default -> {}
        }
    }

    private void line(int depth, String line) {
        text.repeat("  ", depth).append(line).append('\n');
    }

    private static String leaf(Object leaf) {
        return leaf instanceof String string ? "\"" + string.replace("\n", "\\n") + "\"" : leaf.toString();
    }

    private static @Nullable Object value(Record node, RecordComponent component) {
        try {
            return component.getAccessor().invoke(node);
        } catch (ReflectiveOperationException e) {
            throw new DefectException("syntax tree: cannot read " + component, e);
        }
    }
}

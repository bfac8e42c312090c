package dev.weft.dsl.lower;

import dev.weft.graph.RangeException;

/** Constants that come from outside as text: {@code width=128}, {@code eps=1e-5}, {@code cached=true}. */
final class Settings {

    private Settings() {}

    static Val.Known parse(String name, String text) {
        String value = text.strip().replace("_", "");
        if (value.equals("true") || value.equals("false")) {
            return new Val.Bool(value.equals("true"));
        }
        try {
            return value.matches("[+-]?[0-9]+")
                    ? new Val.Int(Long.parseLong(value))
                    : new Val.Real(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            throw new RangeException("%s: must be a number, true or false, got %s".formatted(name, text));
        }
    }
}

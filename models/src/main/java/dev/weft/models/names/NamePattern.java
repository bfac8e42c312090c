package dev.weft.models.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tensor's name in which each {@code *} stands for one part between dots. */
record NamePattern(String text) {

    int stars() {
        return (int) text.chars().filter(c -> c == '*').count();
    }

    /** What the stars stand for in {@code name}, if it matches. */
    Optional<List<String>> match(String name) {
        Matcher matcher = regex().matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        for (int group = 1; group <= matcher.groupCount(); group++) {
            parts.add(matcher.group(group));
        }
        return Optional.of(List.copyOf(parts));
    }

    private Pattern regex() {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("([^.]+)")));
    }

    /** The name with {@code parts} for the stars. */
    String fill(List<String> parts) {
        StringBuilder name = new StringBuilder();
        int next = 0;
        for (char c : text.toCharArray()) {
            if (c == '*') {
                name.append(parts.get(next++));
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}

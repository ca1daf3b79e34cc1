package dev.lockstep.board.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The items of a page as CSV (RFC 4180) with a header line. Object members become columns with dotted names, a list is JSON in
 * one cell, and null is an empty one.
 */
final class Csv {

    static final String TYPE = "text/csv";

    private static final CsvMapper CSV = new CsvMapper();

    /** A spreadsheet treats a cell that starts with one of these as a formula. */
    private static final String FORMULA_PREFIXES = "=+-@\t\r";

    private Csv() {}

    /** @return empty if there are no items */
    static String of(JsonNode items) {
        List<Map<String, String>> rows = new ArrayList<>();
        Set<String> columns = new LinkedHashSet<>();
        for (JsonNode item : items) {
            Map<String, String> row = new LinkedHashMap<>();
            flatten("", item, row);
            rows.add(row);
            columns.addAll(row.keySet());
        }
        if (rows.isEmpty()) {
            return "";
        }
        Set<String> nulls = objectColumns(columns);
        nulls.removeIf(column ->
                rows.stream().anyMatch(row -> !row.getOrDefault(column, "").isEmpty()));
        columns.removeAll(nulls);
        rows.forEach(row -> row.keySet().retainAll(columns));
        CsvSchema schema = CsvSchema.builder()
                .addColumns(columns, CsvSchema.ColumnType.STRING)
                .setUseHeader(true)
                .setLineSeparator("\r\n")
                .build();
        try {
            return CSV.writer(schema).writeValueAsString(rows);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void flatten(String name, JsonNode value, Map<String, String> row) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties()
                    .forEach(member -> flatten(
                            name.isEmpty() ? member.getKey() : name + '.' + member.getKey(), member.getValue(), row));
        } else {
            row.put(name, cell(value));
        }
    }

    private static String cell(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            return value.isContainerNode() ? value.toString() : value.asText();
        }
        String text = value.textValue();
        return !text.isEmpty() && FORMULA_PREFIXES.indexOf(text.charAt(0)) >= 0 ? '\'' + text : text;
    }

    /** Columns that are objects in some rows but null in others, or the text of a label whose name contains dots. */
    private static Set<String> objectColumns(Set<String> columns) {
        Set<String> objects = new LinkedHashSet<>();
        for (String column : columns) {
            for (int dot = column.indexOf('.'); dot > 0; dot = column.indexOf('.', dot + 1)) {
                objects.add(column.substring(0, dot));
            }
        }
        return objects;
    }
}

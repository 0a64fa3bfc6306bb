package io.jobs4j.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text that means something to a shell, to a terminal or to a parser, and must arrive as it is. */
final class HostileWords {
  static final List<String> ALL =
      List.of(
          "",
          " ",
          " two  words ",
          "-n",
          "--",
          "-e x",
          "it's",
          "'",
          "''",
          "'\"'\"'",
          "\"quoted\"",
          "$HOME",
          "${PATH}",
          "$(echo no)",
          "`echo no`",
          "$'no'",
          "*",
          "/*",
          "?",
          "[a-z]",
          "{a,b}",
          "~",
          "!!",
          "#no comment",
          "a;b",
          "a & b",
          "a|b",
          "a>b",
          "a<b",
          "(a)",
          "\\",
          "\\\\",
          "\\'",
          "a\\nb",
          "two\nlines",
          "\n",
          "an end of line\n",
          "a\ttab",
          "a\rreturn",
          "\u0001\u001b[31m\u007f",
          "%s %n %j %%",
          "=",
          "A=b",
          "é ü ß",
          "日本語",
          "😀",
          "^a,b@c:d",
          "EOF",
          "0123456789".repeat(2_000));

  private HostileWords() {}

  /** What {@code printf '[%s]'} makes of them all. */
  static String inBrackets() {
    return ALL.stream().map(word -> "[" + word + "]").collect(Collectors.joining());
  }

  /** Variables that have them as their values. */
  static Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < ALL.size(); i++) {
      variables.put("KIT_" + i, ALL.get(i));
    }
    return variables;
  }

  /** Shell text that prints those variables {@link #inBrackets}. */
  static String printVariables() {
    return IntStream.range(0, ALL.size())
        .mapToObj(i -> "\"$KIT_" + i + "\"")
        .collect(Collectors.joining(" ", "printf '[%s]' ", ""));
  }
}

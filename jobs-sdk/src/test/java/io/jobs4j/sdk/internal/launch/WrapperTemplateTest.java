package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrapperTemplateTest {
  @Test
  void keepsEveryByteThatIsNoAscii() {
    StringBuilder all = new StringBuilder();
    for (char c = 1; c < 256; c++) {
      all.append(c);
    }
    all.append('\n');

    assertThat(read(all.toString())).isEqualTo(all.toString());
  }

  @Test
  void dropsTheCarriageReturnsOfLineEndsAndNoOthers() {
    assertThat(read("#!/bin/sh\r\necho 42 >result.txt\r\n"))
        .isEqualTo("#!/bin/sh\necho 42 >result.txt\n");
    assertThat(read("a\r\r\nb\rc\n\r")).isEqualTo("a\r\nb\rc\n\r");
    assertThat(read("\r\n")).isEqualTo("\n");
    assertThat(read("")).isEmpty();
  }

  @Test
  void dropsAByteOrderMarkAtTheStart() {
    assertThat(read("\u00ef\u00bb\u00bf#!/bin/bash\nx=(1 2)\n"))
        .isEqualTo("#!/bin/bash\nx=(1 2)\n");
    assertThat(read("\u00ef\u00bb\u00bf")).isEmpty();
    assertThat(read("\u00ef\u00bb")).isEqualTo("\u00ef\u00bb");
    assertThat(read("a\u00ef\u00bb\u00bf")).isEqualTo("a\u00ef\u00bb\u00bf");
  }

  @ParameterizedTest
  @CsvSource({
    "'a\\0', 'line 1 at byte 2, a NUL'",
    "'\\0', 'line 1 at byte 1, a NUL'",
    "'x\\nyz\\n12\\0', 'line 3 at byte 3, a NUL'",
    "'#!/bin/sh\\recho', 'line 1 at byte 10, a carriage return'",
    "'\\ff\\fe#\\0', 'line 1 at byte 1, a byte order mark of UTF-16'",
    "'\\fe\\ff\\0#', 'line 1 at byte 1, a byte order mark of UTF-16'"
  })
  void refusesWhatNoShellReadsAndSaysWhere(String text, String where) {
    String bytes =
        text.replace("\\0", "\0")
            .replace("\\n", "\n")
            .replace("\\r", "\r")
            .replace("\\fe", "\u00fe")
            .replace("\\ff", "\u00ff");

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_UNABLE_TO_STAGE_JOB))
        .hasMessageContaining("/apps/wrapper.sh has, in " + where);
  }

  private static String read(String bytes) {
    return WrapperTemplate.read("/apps/wrapper.sh", bytes.getBytes(StandardCharsets.ISO_8859_1))
        .text();
  }
}

package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModulesTest {
  @ParameterizedTest
  @CsvSource({
    "purge, purge",
    "load TACC, load TACC",
    "'  load\tTACC  samtools/1.9 ', load TACC samtools/1.9",
    "unload xalt, unload xalt",
    "swap intel gcc/9.1, swap intel gcc/9.1",
    "use /opt/modulefiles, use /opt/modulefiles",
    "--force purge, --force purge",
    "samtools, load samtools",
    "gcc/9.1 openmpi, load gcc/9.1 openmpi",
    "'a;b $(c)', load a;b $(c)",
    "'  ', ''"
  })
  void anEntryIsWhatFollowsModule(String entry, String words) {
    assertThat(String.join(" ", Modules.words(entry))).isEqualTo(words);
  }
}

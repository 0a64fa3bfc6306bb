package io.jobs4j.sdk.internal.phase;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose the files of jobs are. */
class StagingTest {
  @ParameterizedTest
  @CsvSource({
    "LOCAL,,,           LOCAL,,,             true",
    "LOCAL,,alice,      LOCAL,,,             true",
    "SSH,h,alice,       SFTP,h,alice,        true",
    "SSH,h,alice,       SFTP,H,alice,        true",
    "SSH,h,,            SFTP,h,,             true",
    "SSH,h,alice,       SFTP,h,bob,          false",
    "SSH,h,alice,       SFTP,h,,             false",
    "SSH,h,alice,       SFTP,files.h,alice,  false",
    "SSH,h,alice,       LOCAL,,,             false",
    "LOCAL,,,           SFTP,h,alice,        false",
  })
  void anotherAccountIsNotKeptFromItsWorkDirectory(
      String loginProtocol,
      @Nullable String loginHost,
      @Nullable String loginAccount,
      String storageProtocol,
      @Nullable String storageHost,
      @Nullable String storageAccount,
      boolean same) {
    ExecutionSystem system =
        new ExecutionSystem(
            "system",
            null,
            true,
            "FORK",
            new LoginAccess(loginProtocol, loginHost, 0, auth(loginAccount), null),
            new StorageAccess(
                storageProtocol, storageHost, 0, "/", "/", auth(storageAccount), null, null),
            null,
            null,
            null,
            List.of(),
            false,
            -1,
            -1,
            List.of());

    assertThat(Staging.jobsOwnFiles(system)).isEqualTo(same);
  }

  private static @Nullable AccessAuth auth(@Nullable String account) {
    return account == null ? null : AccessAuth.ofUser(account);
  }
}

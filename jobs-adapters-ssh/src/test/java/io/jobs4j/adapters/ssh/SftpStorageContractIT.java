package io.jobs4j.adapters.ssh;

import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** A server as it usually is. */
@RequiresServices(Service.SSHD)
class SftpStorageContractIT extends SftpContract {
  @BeforeAll
  static void startServer() throws Exception {
    start(List.of());
  }
}

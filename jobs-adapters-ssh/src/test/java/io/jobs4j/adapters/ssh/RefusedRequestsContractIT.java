package io.jobs4j.adapters.ssh;

import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** A server that refuses each request that a storage can do without. */
@RequiresServices(Service.SSHD)
class RefusedRequestsContractIT extends SftpContract {
  @BeforeAll
  static void startServer() throws Exception {
    start(
        List.of(
            "Subsystem sftp internal-sftp -P setstat,fsetstat,lsetstat,stat,fstat,statvfs,fstatvfs,"
                + "readlink,symlink,hardlink,fsync,limits,expand-path,copy-data,home-directory,"
                + "users-groups-by-id"));
  }
}

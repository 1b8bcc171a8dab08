// What libwebsockets is given another form of. Linking is all that it takes: the dynamic linker prefers the executable's
// lws_hdr_copy to the library's, also for the library's own calls.
#pragma once

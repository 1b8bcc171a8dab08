// OpenSSL 3's EVP interface for signatures. The C names stay, so that their manuals stay searchable; ours are prefixed tandem_.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

// Macros of several terms, which Swift does not import.
enum { TANDEM_EVP_PKEY_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY, TANDEM_EVP_PKEY_KEYPAIR = EVP_PKEY_KEYPAIR };

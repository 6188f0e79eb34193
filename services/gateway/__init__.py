"""The gateway: creates runs, drives them through downloader and runner, and remembers them."""

"""The downloader: fetches only the bars that are missing and knows what is complete."""

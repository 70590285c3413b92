"""The venues: each turns topics into text and text into events."""

"""What others want of a `Dex`, in their own words: each module speaks to one of them, and needs its extra."""

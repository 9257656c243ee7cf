from views.entrance import enter_page
from views.readers import show

enter_page(show)
